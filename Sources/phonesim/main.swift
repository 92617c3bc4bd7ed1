print("phonesim")
