export type ListName = 'prompts' | 'runs' | 'queue';
export type PanelName = ListName | 'detail';
/** Tabs of the detail: `prompt` for a prompt, `job` for a job of the queue, the others for a run. */
export type TabName = 'prompt' | 'log' | 'settings' | 'outputs' | 'lineage' | 'commands' | 'job';
