"""What becomes of the data: retention, exports of everything, erasing a person. Reads every room."""
