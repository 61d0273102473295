"""The rules that need data, one module per question. A new rule is one function here; nothing else has to know it."""
