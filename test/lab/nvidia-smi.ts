import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** Two cards as the driver lists them; the second one keeps some facts to itself. */
const rows = [
	'0, NVIDIA H100 80GB HBM3, 81559, 412, 3, 41, 118.52, 700.00, 550.54.15, GPU-aa',
	'1, NVIDIA H100 80GB HBM3, 81559, 74210, 97, [N/A], [Not Supported], 700.00, 550.54.15, GPU-bb',
];

/** Writes a fake `nvidia-smi` into a folder that is to stand in PATH; returns the folder. */
export async function writeNvidiaSmi(folder: string): Promise<string> {
	await mkdir(folder, {recursive: true});
	const script = `#!/bin/sh
case "$1" in
--query-gpu=index,name,memory.total,*) cat <<'ROWS' ;;
${rows.join('\n')}
ROWS
--query-gpu=index,uuid,driver_version,name)
	echo '0, GPU-aa, 550.54.15, NVIDIA H100 80GB HBM3'
	echo '1, GPU-bb, 550.54.15, NVIDIA H100 80GB HBM3' ;;
'') echo '| NVIDIA-SMI 550.54.15      Driver Version: 550.54.15      CUDA Version: 12.4     |' ;;
--query-compute-apps=gpu_uuid,pid,*) echo "GPU-bb, $PPID, 73700, /usr/bin/python3" ;;
*) echo "fake nvidia-smi: $*" >&2; exit 6 ;;
esac
`;
	await writeFile(path.join(folder, 'nvidia-smi'), script, {mode: 0o755});
	return folder;
}
