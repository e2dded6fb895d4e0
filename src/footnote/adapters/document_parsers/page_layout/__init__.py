"""From words with places on a page to blocks in reading order; for printed and for recognised text alike."""
