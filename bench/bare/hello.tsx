// The least that Ink can show.
import {render, Text} from 'ink';

render(<Text>hello</Text>, {alternateScreen: true});
setInterval(() => undefined, 1000);
