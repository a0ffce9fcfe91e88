"""What a store on Azure's blob service is made of."""
