/** Zoom of the page view: a factor of the panel's width, and the image resolution that fits it. */
import { useState } from "react";

const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const;
const FIT = STEPS.indexOf(1);
/** Resolutions asked of the server, in pixels per point; few, so that its cache and the browser's are hit. */
const SCALES = [1.5, 2, 3, 4] as const;
const TYPICAL_PANEL_PIXELS = 760;

export interface Zoom {
  factor: number;
  larger: (() => void) | undefined;
  smaller: (() => void) | undefined;
  fit: () => void;
}

export function useZoom(): Zoom {
  const [step, setStep] = useState<number>(FIT);
  return {
    factor: STEPS[step] ?? 1,
    larger: step < STEPS.length - 1 ? () => setStep(step + 1) : undefined,
    smaller: step > 0 ? () => setStep(step - 1) : undefined,
    fit: () => setStep(FIT),
  };
}

/** The smallest offered resolution that keeps letters crisp for a page `widthPoints` wide at this zoom. */
export function imageScale(widthPoints: number, factor: number): number {
  const wanted = (TYPICAL_PANEL_PIXELS * factor * Math.max(1, globalThis.devicePixelRatio)) / Math.max(1, widthPoints);
  return SCALES.find((scale) => scale >= wanted) ?? SCALES[SCALES.length - 1] ?? 4;
}
