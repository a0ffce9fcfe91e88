"""What a store on Google Cloud Storage is made of."""
