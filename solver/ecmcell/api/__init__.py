"""What people use from Python; `ecmcell` itself hands it on."""
