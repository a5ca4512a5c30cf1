/**
 * How the dashboard is coloured: with the sixteen colours of the terminal, in 256 for a dark or a
 * light background, with strong contrast, or with none.
 */
export const themeNames = ['terminal', 'dark', 'light', 'contrast', 'none'] as const;
export type ThemeName = (typeof themeNames)[number];
