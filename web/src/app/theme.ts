/** The look: system type, paper and ink, one accent, and a marker colour kept for passages alone. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = ["#eef4fa", "#dae6f1", "#b5cde3", "#8fb5d8", "#6c9dcb", "#4b83b8", "#336c9f", "#275a88", "#1d4568", "#14324d"];

export const theme = createTheme({
  colors: { ink },
  primaryColor: "ink",
  primaryShade: 7,
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontFamily: 'Charter, "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Liberation Serif", Georgia, serif', fontWeight: "600" },
  respectReducedMotion: true,
  cursorType: "pointer",
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    "--font-serif": 'Charter, "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Liberation Serif", Georgia, serif',
  },
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1d1c1a",
    "--mantine-color-dimmed": "#625e57",
    "--mantine-color-placeholder": "#6f6b64",
    "--mantine-color-default-border": "#d9d4ca",
    "--mantine-color-error": "#b3261e",
    "--paper": "#faf8f4",
    "--sunken": "#f3f0ea",
    "--rule": "#e3dfd6",
    "--accent": "#275a88",
    "--accent-wash": "#e9f1f8",
    "--marker": "rgb(255 205 60 / 0.38)",
    "--marker-edge": "#a86400",
    "--good": "#2c6e49",
    "--warn": "#8a5300",
    "--bad": "#b3261e",
    "--bad-wash": "#fcefed",
    "--warn-wash": "#fdf4e3",
  },
  dark: {
    "--mantine-color-body": "#1a1c1e",
    "--mantine-color-text": "#e7e4de",
    "--mantine-color-dimmed": "#a5a198",
    "--mantine-color-placeholder": "#98948b",
    "--mantine-color-default-border": "#3a3e42",
    "--mantine-color-error": "#f2a19a",
    "--paper": "#131416",
    "--sunken": "#0f1011",
    "--rule": "#2d3033",
    "--accent": "#9cc2e6",
    "--accent-wash": "#1d2c3a",
    "--marker": "rgb(255 205 60 / 0.3)",
    "--marker-edge": "#e0a100",
    "--good": "#83c79f",
    "--warn": "#e5b45c",
    "--bad": "#f2a19a",
    "--bad-wash": "#35201e",
    "--warn-wash": "#322816",
  },
});
