"""CUS: prompt engineering, RAG, PEFT, full fine-tuning, pre-training: climb one rung at a time, with evidence."""
