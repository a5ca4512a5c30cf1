/** Sample files that cannot be read at all: the files, the words after `-i`, the last line on stderr. */
export type RefusedFiles = readonly [
	files: Readonly<Record<string, string>>,
	words: readonly string[],
	message: string,
];

export const refusedFiles: readonly RefusedFiles[] = [
	[{}, ['none.json'], "FileNotFoundError: [Errno 2] No such file or directory: 'none.json'"],
	[{'X.JSON': '{}'}, ['X.JSON'], 'ValueError: Unsupported file extension: X.JSON'],
	[{'a.txt': '{}'}, ['a.txt'], 'ValueError: Unsupported file extension: a.txt'],
	[
		{'a.json': ''},
		['a.json'],
		'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
	],
	[
		{'a.json': '{'},
		['a.json'],
		'json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
	],
	[
		{'a.json': '{"prompt" 1}'},
		['a.json'],
		"json.decoder.JSONDecodeError: Expecting ':' delimiter: line 1 column 11 (char 10)",
	],
	[
		{'a.json': '{"a": 1,\n}'},
		['a.json'],
		'json.decoder.JSONDecodeError: Illegal trailing comma before end of object: line 1 column 8 (char 7)',
	],
	[
		{'a.json': '{"a": 1}\n{"a": 2}'},
		['a.json'],
		'json.decoder.JSONDecodeError: Extra data: line 2 column 1 (char 9)',
	],
	[
		{'a.json': '{"prompt": "a\nb"}'},
		['a.json'],
		'json.decoder.JSONDecodeError: Invalid control character at: line 1 column 14 (char 13)',
	],
	[
		{'a.json': '\ufeff{}'},
		['a.json'],
		'json.decoder.JSONDecodeError: Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)',
	],
	[
		{'a.jsonl': '{"prompt": "a"}\n{"prompt"}\n'},
		['a.jsonl'],
		"json.decoder.JSONDecodeError: Expecting ':' delimiter: line 1 column 10 (char 9)",
	],
	[{'a.json': 'null'}, ['a.json'], "AttributeError: 'NoneType' object has no attribute 'copy'"],
	[{'a.json': '5'}, ['a.json'], "AttributeError: 'int' object has no attribute 'copy'"],
	[{'b.json': '{"fps": 0}', 'a.json': '{"name": 5}'}, ['b.json', 'a.json'], 'name'],
];

/** Files and, of each sample that they hold, its name and its prompt. */
export type ReadFiles = readonly [
	files: Readonly<Record<string, string>>,
	words: readonly string[],
	samples: ReadonlyArray<readonly [name: string, prompt: string]>,
];

export const readFiles: readonly ReadFiles[] = [
	[{'night.json': '{"prompt": "a"}'}, ['night.json'], [['night', 'a']]],
	// Files in the order of their names, each once.
	[
		{'b.json': '{"prompt": "b"}', 'a.json': '{"prompt": "a"}'},
		['b.json', 'a.json', 'b.json'],
		[
			['a', 'a'],
			['b', 'b'],
		],
	],
	// Lines are counted without the empty ones.
	[
		{'many.jsonl': '{"prompt": "a"}\n\n{"prompt": "b"}\n'},
		['many.jsonl'],
		[
			['many_0', 'a'],
			['many_1', 'b'],
		],
	],
	[
		{'many.jsonl': '{"name": "own", "prompt": "a"}\n{"name": "", "prompt": "b"}'},
		['many.jsonl'],
		[
			['own', 'a'],
			['many_1', 'b'],
		],
	],
	[
		{'in/a.json': '{"prompt": "a"}', 'in/b.json': '{"prompt": "b"}'},
		['in/*.json'],
		[
			['a', 'a'],
			['b', 'b'],
		],
	],
	// Equal names are not noticed.
	[
		{'x.jsonl': '{"name": "same", "prompt": "a"}\n{"name": "same", "prompt": "b"}'},
		['x.jsonl'],
		[
			['same', 'a'],
			['same', 'b'],
		],
	],
	[{'x.json': '{"name": "../out", "prompt": "a"}'}, ['x.json'], [['../out', 'a']]],
	[{'empty.jsonl': '\n\n'}, ['empty.jsonl'], []],
	[{}, ['none-*.json'], []],
];
