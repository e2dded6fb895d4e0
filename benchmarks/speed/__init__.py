"""Speed: searching, answering, reading documents, starting, and what it all takes in memory."""
