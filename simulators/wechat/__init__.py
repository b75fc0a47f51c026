"""WeChat Pay v3: JSON over HTTP, every request, answer and callback signed, callbacks sealed too."""
