export type ListName = 'prompts' | 'runs';
export type PanelName = ListName | 'detail';
/** Tabs of the detail: `prompt` and `commands` for a prompt, the others for a run. */
export type TabName = 'prompt' | 'log' | 'settings' | 'outputs' | 'lineage' | 'commands';
