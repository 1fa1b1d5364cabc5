"""The provider's categories that household money falls into: English name and 8-digit id."""

from typing import NamedTuple


class Category(NamedTuple):
    """One row of the provider's category table."""

    name: str
    id: str


SALARY = Category("Salary", "01010000")
FREELANCE = Category("Entrepreneurial activities", "01030000")
EXTRA_INCOME = Category("Non-recurring income", "01050000")
OVERDRAFT_COST = Category("Late payment and overdraft costs", "02010000")
PROCEEDS = Category("Proceeds interests and dividends", "03060000")
OWN_TRANSFER = Category("Same person transfer", "04000000")
OWN_PIX = Category("Same person transfer - PIX", "04020000")
BOLETO = Category("Transfer - Bank Slip", "05010000")
CASH = Category("Transfer - Cash", "05020000")
PIX = Category("Transfer - PIX", "05070000")
TED = Category("Transfer - TED", "05080000")
CARD_PAYMENT = Category("Credit card payment", "05100000")
INTERNET = Category("Internet", "07010001")
MOBILE = Category("Mobile", "07010002")
ONLINE_COURSES = Category("Online Courses", "07020001")
SCHOOL = Category("School", "07020003")
GYM = Category("Gyms and fitness centers", "07030001")
SHOWS = Category("Cinema, theater and concerts", "07040003")
ONLINE_SHOPPING = Category("Online shopping", "08010000")
ELECTRONICS = Category("Electronics", "08020000")
PETS = Category("Pet supplies and vet", "08030000")
CLOTHING = Category("Clothing", "08040000")
TOYS = Category("Kids and toys", "08050000")
BOOKS = Category("Bookstore", "08060000")
CASHBACK = Category("Cashback", "08090000")
GAMING = Category("Gaming", "09010000")
VIDEO = Category("Video streaming", "09020000")
MUSIC = Category("Music streaming", "09030000")
DIGITAL = Category("Digital services", "09000000")
GROCERIES = Category("Groceries", "10000000")
EATING_OUT = Category("Eating out", "11010000")
DELIVERY = Category("Food delivery", "11020000")
AIRLINES = Category("Airport and airlines", "12010000")
LODGING = Category("Accomodation", "12020000")
FINANCIAL_TAX = Category("Tax on financial operations", "15030000")
ACCOUNT_FEES = Category("Account fees", "16010000")
CARD_FEES = Category("Credit card fees", "16030000")
RENT = Category("Rent", "17010000")
CONDOMINIUM = Category("Housing", "17000000")
WATER = Category("Water", "17020001")
ELECTRICITY = Category("Electricity", "17020002")
GAS = Category("Gas", "17020003")
HOUSEWARE = Category("Houseware", "17030000")
SERVICES = Category("Services", "07000000")
PHARMACY = Category("Pharmacy", "18020000")
CLINICS = Category("Hospital clinics and labs", "18040000")
RIDES = Category("Taxi and ride-hailing", "19010000")
TRANSIT = Category("Public transportation", "19020000")
FUEL = Category("Gas stations", "19050001")
PARKING = Category("Parking", "19050002")
TOLLS = Category("Tolls and in vehicle payment", "19050003")
