print("agentsim")
