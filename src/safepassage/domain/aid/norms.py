"""The commodities and norms planned with unless a case says otherwise, each with its source.

"Sphere" is The Sphere Handbook (2018). What is marked as an assumption is a figure of practice to be reviewed
by the clusters of the response before real use.
"""

from __future__ import annotations

from safepassage.domain.aid.commodity import Commodity, Norm, Rhythm, Season, Setting, Unit
from safepassage.domain.aid.people_groups import PeopleGroup

_SPHERE_WATER = "Sphere 2018, water supply standard 2.1: survival 2.5-3 L, basic needs 7.5-15 L a day"
_SPHERE_HYGIENE = "Sphere 2018, hygiene standard 1.2: 250 g soap and 200 g laundry soap a month"
_SPHERE_ITEMS = "Sphere 2018, shelter and settlement standard 4: household items"
_WFP = "World Food Programme, full ration of 2,100 kcal: 555 g"
FORMULA = "infant_formula"
"""The breast-milk substitute: known as a good, never needed by a built-in norm. It is for infants whom
somebody qualified has assessed one by one (Operational Guidance on Infant Feeding in Emergencies, 2017): a
blanket distribution does harm. A case that has such infants says so."""

COMMODITIES: tuple[Commodity, ...] = (
    Commodity(id="drinking_water", name="Drinking water", unit=Unit.LITRE, mass_g=1_040, volume_ml=1_100,
              shelf_days=365),
    Commodity(id="water", name="Water for washing and cooking", unit=Unit.LITRE, mass_g=1_000,
              volume_ml=1_000, shelf_days=7),
    Commodity(id="food_ration", name="Dry food ration", unit=Unit.KILOGRAM, mass_g=1_050, volume_ml=1_700,
              shelf_days=180),
    Commodity(id="ready_meal", name="Ready-to-eat ration", unit=Unit.PIECE, mass_g=900, volume_ml=2_500,
              shelf_days=365),
    Commodity(id="child_food", name="Complementary food, 6 to 23 months", unit=Unit.KILOGRAM, mass_g=1_050,
              volume_ml=1_800, shelf_days=180),
    Commodity(id=FORMULA, name="Infant formula, for infants assessed one by one", unit=Unit.KILOGRAM,
              mass_g=1_150, volume_ml=2_500, shelf_days=365),
    Commodity(id="micronutrients", name="Multiple micronutrient tablets, 30", unit=Unit.PIECE, mass_g=60,
              volume_ml=150, shelf_days=365),
    Commodity(id="baby_kit", name="Baby kit: nappies, cloths, soap", unit=Unit.PIECE, mass_g=2_500,
              volume_ml=12_000),
    Commodity(id="dignity_kit", name="Dignity kit of a woman or girl, one month", unit=Unit.PIECE,
              mass_g=1_500, volume_ml=6_000),
    Commodity(id="medical_kit", name="Health kit, basic module", unit=Unit.PIECE,
              mass_g=45_000, volume_ml=150_000, shelf_days=365),
    Commodity(id="hygiene_soap", name="Soap and laundry soap", unit=Unit.KILOGRAM, mass_g=1_050,
              volume_ml=1_300),
    Commodity(id="water_container", name="Water container, 10-20 L", unit=Unit.PIECE, mass_g=600,
              volume_ml=3_000),
    Commodity(id="blanket", name="Blanket", unit=Unit.PIECE, mass_g=1_600, volume_ml=8_000),
    Commodity(id="shelter_kit", name="Shelter repair kit of a household", unit=Unit.PIECE, mass_g=16_000,
              volume_ml=40_000),
    Commodity(id="heating_fuel", name="Heating fuel, solid", unit=Unit.KILOGRAM, mass_g=1_000,
              volume_ml=1_600),
    Commodity(id="diesel", name="Diesel for pumps and generators", unit=Unit.LITRE, mass_g=900,
              volume_ml=1_150),
)  # fmt: skip
"""Mass and volume are of one unit as it is carried, packing included: figures of practice, to be replaced by
those of the stock."""

NORMS: tuple[Norm, ...] = (
    Norm(id="drinking_water", commodity="drinking_water", amount_milli=3_000, priority=1,
         source=_SPHERE_WATER),
    Norm(id="water", commodity="water", amount_milli=12_000, priority=2, source=_SPHERE_WATER),
    Norm(id="food_ration", commodity="food_ration", amount_milli=555, priority=1, setting=Setting.HOME,
         source=_WFP),
    Norm(id="ready_meal", commodity="ready_meal", amount_milli=1_000, priority=1, setting=Setting.SITE,
         source="one ration of about 2,200 kcal where nobody can cook", assumption=True),
    Norm(id="child_food", commodity="child_food", amount_milli=200, for_group=PeopleGroup.YOUNG_CHILDREN,
         priority=1, source="200 g a day for every child of 6 to 23 months", assumption=True),
    Norm(id="medical_kit", commodity="medical_kit", amount_milli=1_000, per_persons=1_000, priority=1,
         rhythm=Rhythm.ONCE, setting=Setting.HOME,
         source="Interagency Emergency Health Kit, basic module: 1,000 persons, about 3 months"),
    Norm(id="hygiene_soap", commodity="hygiene_soap", amount_milli=15, priority=3, source=_SPHERE_HYGIENE),
    Norm(id="water_container", commodity="water_container", amount_milli=2_000, per_persons=3, priority=3,
         rhythm=Rhythm.ONCE, setting=Setting.HOME, source="Sphere 2018: two containers a household"),
    Norm(id="blanket", commodity="blanket", amount_milli=1_000, priority=3, rhythm=Rhythm.ONCE,
         setting=Setting.SITE, source=_SPHERE_ITEMS),
    Norm(id="blanket_cold", commodity="blanket", amount_milli=1_000, priority=2, rhythm=Rhythm.ONCE,
         season=Season.COLD, source=_SPHERE_ITEMS),
    Norm(id="shelter_kit", commodity="shelter_kit", amount_milli=1_000, per_persons=3, share_ppm=100_000,
         priority=3, rhythm=Rhythm.ONCE, setting=Setting.HOME, season=Season.COLD,
         source="one home in ten damaged", assumption=True),
    Norm(id="heating_fuel", commodity="heating_fuel", amount_milli=5_000, per_persons=3, priority=2,
         setting=Setting.HOME, season=Season.COLD, source="5 kg a household a day", assumption=True),
    Norm(id="diesel", commodity="diesel", amount_milli=20_000, per_persons=1_000, priority=4,
         source="20 L a day for 1,000 persons", assumption=True),
)  # fmt: skip
