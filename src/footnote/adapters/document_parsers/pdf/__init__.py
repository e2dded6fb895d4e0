"""PDF files: opened by PDFium, printed text by liteparse, pages without text by OCR."""
