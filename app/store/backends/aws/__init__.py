"""What a store on S3 is made of."""
