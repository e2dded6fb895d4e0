"""Makes pages look scanned: rendered by PDFium, tilted, greyed, speckled and stored as JPEG without any text."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How bad the scanner is: tilt in degrees, noise as deviation in grey levels, JPEG quality from 1 to 95."""

    dpi: int = 200
    tilt: float = 0.6
    noise: float = 7.0
    quality: int = 45
    seed: int = 1


def scan_pdf(digital: bytes, settings: ScanSettings, *, title: str) -> bytes:
    """An image-only PDF of the same pages at the same size; on one set of libraries the bytes are always the same."""
    # ASCII85 would make the images a quarter larger.
    rl_config.useA85 = 0
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setProducer("Harbour Lane flatbed scanner")
    for jpeg, width, height in scan_pages(digital, settings):
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(io.BytesIO(jpeg)), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scan_pages(digital: bytes, settings: ScanSettings) -> Iterator[tuple[bytes, float, float]]:
    """The pages as JPEG files with their width and height in points, one after the other."""
    document = pypdfium2.PdfDocument(digital)
    try:
        for number in range(len(document)):
            page = document[number]
            image = page.render(scale=settings.dpi / 72, grayscale=True).to_pil().convert("L")
            worn = _wear(image, settings, number)
            target = io.BytesIO()
            worn.save(target, "JPEG", quality=settings.quality, dpi=(settings.dpi, settings.dpi))
            yield target.getvalue(), *page.get_size()
    finally:
        document.close()


def _wear(image: Image.Image, settings: ScanSettings, number: int) -> Image.Image:
    # The legacy generator is the one whose stream numpy promises never to change.
    random = np.random.RandomState(settings.seed * 1000 + number)
    tilt = settings.tilt * random.uniform(0.6, 1.0) * random.choice([-1, 1])
    tilted = image.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    grey = np.asarray(tilted, dtype=np.float32)
    # Paper is not quite white, ink not quite black, and the lid lets in some light on one side.
    shade = np.linspace(0, random.uniform(4, 12), grey.shape[1], dtype=np.float32)
    noise = random.standard_normal(grey.shape).astype(np.float32) * settings.noise
    worn = grey * 0.84 + 34 - shade[np.newaxis, :] + noise
    for _ in range(60):
        y, x = (random.randint(4, grey.shape[0] - 4), random.randint(4, grey.shape[1] - 4))
        size = random.randint(1, 3)
        worn[y : y + size, x : x + size] = 90
    return Image.fromarray(np.clip(worn, 0, 255).astype(np.uint8))
