"""年度节假日安排: the yearly holiday arrangement of the State Council, entered by hand, by which working days are counted."""
