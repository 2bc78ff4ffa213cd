"""执法检查人员名录库: who may inspect, with which certificates, and whom they must not inspect."""
