// Lets a plain node process run the tests' TypeScript: `./x.js` means `./x.ts`, as it does to tsc.
import {existsSync} from 'node:fs';
import {registerHooks} from 'node:module';
import {fileURLToPath} from 'node:url';

registerHooks({
	resolve(specifier, context, next) {
		if (specifier.startsWith('.') && specifier.endsWith('.js')) {
			const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
			if (existsSync(fileURLToPath(source))) {
				return next(source.href, context);
			}
		}

		return next(specifier, context);
	},
});
