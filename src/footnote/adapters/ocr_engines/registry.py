"""Which OCR engine has which name, by import path."""

import importlib
from typing import cast

from footnote.ingestion.ports import OcrEngine

OCR_ENGINES: dict[str, str] = {"tesseract": "footnote.adapters.ocr_engines.tesseract:TesseractOcrEngine"}


def create_ocr_engine(name: str) -> OcrEngine:
    """Return the engine of that name; ValueError if none is registered."""
    if name not in OCR_ENGINES:
        raise ValueError(f"unknown OCR engine {name!r}; known are {', '.join(OCR_ENGINES)}")
    module, _, class_name = OCR_ENGINES[name].partition(":")
    return cast("OcrEngine", getattr(importlib.import_module(module), class_name)())
