"""OCR engines, one file each; used inside the children that read documents."""
