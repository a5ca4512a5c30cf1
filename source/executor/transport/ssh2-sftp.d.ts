/** The part of ssh2 that speaks SFTP, whatever carries it; ssh2 itself only uses it over its own channels. */
declare module 'ssh2/lib/protocol/SFTP.js' {
	import type {SFTPWrapper} from 'ssh2';

	type Side = {id: number; window: number; packetSize?: number; state: string};

	type Carrier = {
		_protocol: {
			_remoteIdentRaw: Buffer;
			channelData: (id: number, data: Buffer) => void;
			channelClose: (id: number) => void;
		};
	};

	const protocol: {
		SFTP: new (
			client: Carrier,
			channel: {type: string; incoming: Side; outgoing: Side},
		) => SFTPWrapper & {push: (data: Buffer | null) => void; _init: () => void};
	};
	export default protocol;
}
