// A bare Ink program: a list of ROWS rows with a selection, beside a pane of log lines that come
// LINES a second.
import {Box, render, Text, useInput, useWindowSize} from 'ink';
import {useEffect, useState} from 'react';

const [rowCount, perSecond] = process.argv.slice(2).map(Number) as [number, number];
const names = Array.from({length: rowCount}, (_, index) => `row ${index}`);

function Program() {
	const {columns, rows} = useWindowSize();
	const height = rows - 2;
	const [selected, setSelected] = useState(0);
	const [search, setSearch] = useState(false);
	const [lines, setLines] = useState(0);
	useInput((input, key) => {
		if (input === '/' || key.escape) {
			setSearch(input === '/');
		} else if (input === 'j' || input === 'k') {
			const next = selected + (input === 'j' ? 1 : -1);
			setSelected(Math.max(0, Math.min(rowCount - 1, next)));
		}
	});
	useEffect(() => {
		const timer = setInterval(() => setLines(count => count + perSecond / 50), 20);
		return () => clearInterval(timer);
	}, []);
	const first = Math.max(0, Math.min(selected - 5, rowCount - height));
	return (
		<Box flexDirection="column" width={columns} height={rows - 1}>
			<Box height={height}>
				<Box flexDirection="column" width={40}>
					{names.slice(first, first + height).map((name, index) => (
						<Text key={name} inverse={first + index === selected}>
							{first + index === selected ? `> ${name}` : `  ${name}`}
						</Text>
					))}
				</Box>
				<Box flexDirection="column">
					{Array.from({length: lines > 0 ? height : 0}, (_, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a row of the pane is its place
						<Text key={index}>{`line ${lines - height + index} of a log that goes on`}</Text>
					))}
				</Box>
			</Box>
			<Text>{search ? '/  esc cancel' : 'j k move  / search'}</Text>
		</Box>
	);
}

render(<Program />, {alternateScreen: true});
