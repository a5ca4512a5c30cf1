// Node reads TypeScript by leaving the types out, but it wants the names of files as they are on
// the disk; ours end in `.js`, as the compiler wants them.
import {existsSync} from 'node:fs';
import {registerHooks} from 'node:module';

registerHooks({
	resolve(name, context, next) {
		if (/^\..*\.js$/.test(name) && context.parentURL?.endsWith('.ts')) {
			const typed = new URL(name.replace(/\.js$/, '.ts'), context.parentURL);
			if (existsSync(typed)) {
				return next(typed.href, context);
			}
		}

		return next(name, context);
	},
});
