"""What somebody may like: at home, beside a product, for the cart, after paying, and where nothing was found.

Owns the models' neighbours of each product, their versions with the figures they were measured with, and what people
do not want to see. Promises that every recommendation says why it is there, that what somebody refuses is gone at
once, and that whoever switched it off gets nothing made from what he does. Never shows what cannot be bought.
"""

import os

# The job that trains shares its processors with the shop: more threads than one for each product of matrices fight
# with each other and with it. Set before numpy is first loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
