-- Classified files are sealed under a key of their own (fifth text, 22): only the wrapped data keys change, never a payload.
GRANT UPDATE (wrapped_key) ON sealed TO zhenshi_app;
