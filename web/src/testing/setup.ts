/** What jsdom lacks and the component library asks for; and a clean page after each test. */
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// Screens load their code when first shown, which takes a moment on a busy machine.
configure({ asyncUtilTimeout: 8000 });

afterEach(cleanup);

class NoResizeObserver implements ResizeObserver {
  observe(): void {
    return; // jsdom lays nothing out, so there is never a size to report.
  }
  unobserve(): void {
    return;
  }
  disconnect(): void {
    return;
  }
}

globalThis.ResizeObserver = NoResizeObserver;
globalThis.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }) satisfies MediaQueryList;
Object.defineProperty(document, "fonts", { value: new EventTarget() });
Element.prototype.scrollTo = () => undefined;
