"""Countries as reports name them: names, adjectives and capitals; for sides, and for names of governments."""

from __future__ import annotations

import re

from safepassage.domain.claims.values import fold

_TABLE = """
Afghanistan|Afghan|Kabul
Albania|Albanian|Tirana
Algeria|Algerian|Algiers
Armenia|Armenian|Yerevan
Austria|Austrian|Vienna
Azerbaijan|Azerbaijani,Azeri|Baku
Bangladesh|Bangladeshi|Dhaka
Belarus|Belarusian,Belarussian|Minsk
Belgium|Belgian|Brussels
Bosnia and Herzegovina|Bosnian|Sarajevo
Bulgaria|Bulgarian|Sofia
Burkina Faso|Burkinabe|Ouagadougou
Cameroon|Cameroonian|Yaounde
Canada|Canadian|Ottawa
Central African Republic|Central African|Bangui
Chad|Chadian|N'Djamena
China|Chinese|Beijing
Colombia|Colombian|Bogota
Croatia|Croatian|Zagreb
Cyprus|Cypriot|Nicosia
Czech Republic,Czechia|Czech|Prague
Democratic Republic of Congo,DR Congo,DRC|Congolese|Kinshasa
Denmark|Danish|Copenhagen
Egypt|Egyptian|Cairo
Eritrea|Eritrean|Asmara
Estonia|Estonian|Tallinn
Ethiopia|Ethiopian|Addis Ababa
Finland|Finnish|Helsinki
France|French|Paris
Georgia|Georgian|Tbilisi
Germany|German|Berlin
Greece|Greek|Athens
Haiti|Haitian|Port-au-Prince
Hungary|Hungarian|Budapest
India|Indian|New Delhi,Delhi
Indonesia|Indonesian|Jakarta
Iran|Iranian|Tehran
Iraq|Iraqi|Baghdad
Ireland|Irish|Dublin
Israel|Israeli|Jerusalem,Tel Aviv
Italy|Italian|Rome
Japan|Japanese|Tokyo
Jordan|Jordanian|Amman
Kazakhstan|Kazakh|Astana
Kenya|Kenyan|Nairobi
Kosovo|Kosovar|Pristina
Kyrgyzstan|Kyrgyz|Bishkek
Latvia|Latvian|Riga
Lebanon|Lebanese|Beirut
Libya|Libyan|Tripoli
Lithuania|Lithuanian|Vilnius
Mali|Malian|Bamako
Moldova|Moldovan|Chisinau
Montenegro|Montenegrin|Podgorica
Morocco|Moroccan|Rabat
Mozambique|Mozambican|Maputo
Myanmar,Burma|Burmese|Naypyidaw
Netherlands|Dutch|The Hague
Niger|Nigerien|Niamey
Nigeria|Nigerian|Abuja
North Korea|North Korean|Pyongyang
North Macedonia|Macedonian|Skopje
Norway|Norwegian|Oslo
Pakistan|Pakistani|Islamabad
Palestine|Palestinian|Ramallah
Poland|Polish|Warsaw
Qatar|Qatari|Doha
Romania|Romanian|Bucharest
Russia,Russian Federation|Russian|Moscow
Rwanda|Rwandan|Kigali
Saudi Arabia|Saudi|Riyadh
Serbia|Serbian|Belgrade
Slovakia|Slovak|Bratislava
Somalia|Somali|Mogadishu
South Korea|South Korean|Seoul
South Sudan|South Sudanese|Juba
Spain|Spanish|Madrid
Sudan|Sudanese|Khartoum
Sweden|Swedish|Stockholm
Switzerland|Swiss|Bern
Syria|Syrian|Damascus
Taiwan|Taiwanese|Taipei
Tajikistan|Tajik|Dushanbe
Tunisia|Tunisian|Tunis
Turkey,Turkiye|Turkish|Ankara
Turkmenistan|Turkmen|Ashgabat
Uganda|Ugandan|Kampala
Ukraine|Ukrainian|Kyiv,Kiev
United Kingdom,Britain,UK|British|London
United States,U.S.,USA|American|Washington
Uzbekistan|Uzbek|Tashkent
Venezuela|Venezuelan|Caracas
Yemen|Yemeni|Sanaa,Sana'a
"""
SEATS = {"kremlin": "russia", "white house": "united states", "pentagon": "united states"}
"""Buildings that stand for a government."""


def _rows() -> tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]:
    rows = []
    for line in _TABLE.strip().splitlines():
        names, adjectives, capitals = (tuple(map(fold, part.split(","))) for part in line.split("|"))
        rows.append((names, adjectives, capitals))
    return tuple(rows)


COUNTRY_NAMES = {name: names[0] for names, _, _ in _rows() for name in names}
ADJECTIVES = {word: names[0] for names, words, _ in _rows() for word in words}
ADJECTIVES |= {f"{word}s": side for word, side in ADJECTIVES.items() if word.endswith(("n", "i", "k"))}
CAPITALS = {city: names[0] for names, _, cities in _rows() for city in cities}
GOVERNMENT_NAMES = CAPITALS | SEATS
SIDE_WORDS = COUNTRY_NAMES | ADJECTIVES | GOVERNMENT_NAMES
"""All words that tell a side, and the side: the folded name of the country."""


def countries_in(text: str) -> frozenset[str]:
    """Return the countries that a text names, by name, adjective or capital."""
    words = re.findall(r"[\w.']+", fold(text))
    runs = {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    return frozenset(side for word, side in SIDE_WORDS.items() if word in runs)
