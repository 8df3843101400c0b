"""How reports draw: styles, labels, maps in a plane and in space, animations."""
