import {expect, it} from 'vitest';
import {editText, insertText, textField} from '../../source/state/text-field.js';

it('moves over what a person sees as one character', () => {
	const field = editText(textField('a👩‍🎨'), 'cursor-left');
	expect(field.cursor).toBe(1);
});

it('erases what a person sees as one character', () => {
	expect(editText(textField('a👩‍🎨'), 'erase-left')).toEqual({text: 'a', cursor: 1});
});

it('erases a word, and a part of a path', () => {
	expect(editText(textField('one two '), 'erase-word').text).toBe('one ');
	expect(editText(textField('/videos/city'), 'erase-word').text).toBe('/videos/');
});

it('erases to the beginning of the line, not of the text', () => {
	expect(editText(textField('one\ntwo'), 'erase-line')).toEqual({text: 'one\n', cursor: 4});
});

it('does nothing at the ends', () => {
	expect(editText({text: 'a', cursor: 0}, 'erase-left')).toEqual({text: 'a', cursor: 0});
	expect(editText(textField('a'), 'cursor-right')).toEqual({text: 'a', cursor: 1});
});

it('keeps the line ends of a paste where there are lines', () => {
	expect(insertText(textField('x'), 'one\r\ntwo', true).text).toBe('xone\ntwo');
});

it('turns the line ends of a paste into blanks where there is one line', () => {
	expect(insertText(textField(), 'one\ntwo', false).text).toBe('one two');
});

it('drops control characters of a paste', () => {
	expect(insertText(textField(), 'a\u001b[31mb\u0007', true).text).toBe('ab');
});

it('inserts at the cursor', () => {
	expect(insertText({text: 'ac', cursor: 1}, 'b', false)).toEqual({text: 'abc', cursor: 2});
});
