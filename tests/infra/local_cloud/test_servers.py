def test_x(moto_url, azurite_url):
    print(moto_url, azurite_url)
