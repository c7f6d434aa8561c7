"""The engine of Knooppunt: reads the diagrams, runs cases through them and proves what must hold; knows no web."""
