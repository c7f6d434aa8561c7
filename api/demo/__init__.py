"""What only a demo has: invented families (`filling`), choosing who one is (`door`) and a clock that can be moved."""
