"""Words that a question may leave out, per language: articles, prepositions, pronouns, auxiliaries, question words.

Short lists of our own. They are dropped from questions only; documents keep every word, so that phrases work.
"""

# ruff: noqa: E501  # Wide scripts fill a line early, and look like other letters.

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "en": """a an the and or but if then than so of to in on at by for from with without into onto over under about
        between through during before after above below as is are was were be been being am do does did doing have has
        had having can could will would shall should may might must not no nor i me my mine we us our ours you your
        yours he him his she her hers it its they them their theirs this that these those there here what which who
        whom whose when where why how many much s t d ll re ve m don doesn isn aren wasn weren also such same some any
        each other others own just only very too again once both because while until""",
        "de": """der die das den dem des ein eine einen einem einer eines und oder aber wenn dann als wie so von vom zu
        zum zur in im ins an am auf aus bei beim mit nach seit um für gegen ohne durch über unter vor hinter neben
        zwischen bis ist sind war waren sein bin bist seid gewesen wird werden wurde wurden worden hat haben hatte
        hatten habe kann können konnte konnten soll sollen muss müssen darf dürfen will wollen nicht kein keine keinen
        ich mich mir mein meine wir uns unser unsere du dich dir dein ihr euch er ihn ihm sie es sich ihre ihren ihrem
        ihrer seine seinen seinem seiner dieser diese dieses diesen diesem jener jene da dort hier was wer wen wem
        wessen welche welcher welches welchen welchem wann wo warum wieso weshalb wohin woher wofür womit wodurch viel
        viele vielen auch nur noch schon sehr dass daß weil ob man einige etwas alle allen selbst""",
        "es": """el la los las lo un una unos unas y e o u pero si no de del a al en por para con sin sobre entre hasta
        desde durante según tras es son era eran fue fueron ser sido siendo está están estaba estaban estar ha han
        había habían haber hay puede pueden podía tiene tienen tenía se me te le les nos os mi mis tu tus su sus
        nuestro nuestra este esta estos estas ese esa esos esas aquel aquella esto eso que qué quien quién quienes
        quiénes cual cuál cuales cuáles cuando cuándo donde dónde como cómo cuanto cuánto cuanta cuánta cuantos
        cuántos cuantas cuántas porque también más muy ya yo él ella ellos ellas nosotros usted ustedes otro otra""",
        "fr": """le la les l un une des du de d et ou mais si ne n pas à au aux en dans par pour avec sans sur sous entre
        vers chez depuis pendant avant après est sont était étaient être été a ont avait avaient avoir fut furent peut
        peuvent je j me m moi nous notre nos tu te t vous votre vos il elle ils elles on se s lui leur leurs son sa ses
        mon ma mes ton ta tes ce c cet cette ces cela ça qui que qu quoi quel quelle quels quelles quand où comment
        combien pourquoi dont y aussi plus très même comme lequel laquelle est-ce""",
        "it": """il lo la i gli le l un uno una e ed o ma se non di del dello della dei degli delle a al allo alla ai
        agli alle da dal dallo dalla dai dagli dalle in nel nello nella nei negli nelle con su sul sulla sui sulle per
        tra fra è sono era erano essere stato stata stati state ha hanno aveva avevano avere fu furono può possono io
        mi me noi ci tu ti voi vi lui lei loro si suo sua suoi sue mio mia tuo tua questo questa questi queste quello
        quella quelli quelle che chi cui quale quali quando dove come quanto quanta quanti quante perché cosa anche
        più molto d c""",
        "pt": """o a os as um uma uns umas e ou mas se não de do da dos das em no na nos nas por pelo pela pelos pelas
        para com sem sobre entre até desde é são era eram foi foram ser sido está estão estava estar há tem têm tinha
        ter pode podem eu me mim nós nos você vocês ele ela eles elas lhe seu sua seus suas meu minha este esta estes
        estas esse essa isso isto aquele aquela que quem qual quais quando onde como quanto quanta quantos quantas
        porque por quê ao aos à às também mais muito""",
        "nl": """de het een en of maar als dan dat die dit deze er van te in op aan bij met naar uit om over onder voor
        door tot tussen zonder is zijn was waren ben bent wordt worden werd werden geworden heeft hebben had hadden kan
        kunnen kon zal zullen zou moet niet geen ik mij me mijn wij we ons onze jij je u uw hij hem zij ze haar hun hen
        zich wat wie welke welk wanneer waar waarom hoe hoeveel ook nog wel al zo meer veel""",
        "ru": """и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее её мне было вот от
        меня о из ему теперь когда даже ну ли если или ни быть был него до вас опять вам ведь там потом себя ей они тут
        где есть надо ней для мы тебя их чем была сам чтоб без чего тоже под будет кто этот того потому этого какой
        какая какие каких каким какое который которая которые которых ним здесь этом один мой тем чтобы сейчас были
        куда зачем при об это эта эти сколько почему можно между является являются""",
        "ar": """في من على إلى الى عن مع هذا هذه ذلك تلك التي الذي الذين اللذان اللتان ما ماذا من متى أين اين كيف كم لماذا
        هل أي اي أو او و ثم أن ان إن لا لم لن ليس قد كان كانت كانوا يكون تكون هو هي هم هن نحن أنا انا أنت انت كما لكن
        بل حتى إذا اذا عند عندما بعد قبل بين خلال كل بعض غير أيضا ايضا حيث منذ تم به بها له لها لهم فيه فيها عليه
        عليها منه منها التى وهو وهي ولا وما مما بأن لأن""",
        "tr": """ve veya ya da de ile için bir bu şu o ne mi mı mu mü ki ama fakat ancak çok daha en gibi kadar her hangi
        hangisi nasıl neden niçin niye nerede nereye nereden kim kimin kime kaç olan olarak oldu olduğu olduğunu idi
        ise değil var yok ben sen biz siz onlar onun onu ona bunu bunun sonra önce göre tarafından""",
        "el": """ο η το οι τα του της των τον την ένας μια μία ένα και ή αλλά αν να θα δεν μη μην σε στο στη στην στον στα
        στις στους στων από για με χωρίς προς κατά μετά πριν είναι ήταν έχει έχουν είχε είχαν που πως ποιος ποια ποιο
        ποιοι ποιες ποιον ποιους ποιων τι πότε πού πώς πόσο πόσα πόσοι πόσες γιατί όπως αυτό αυτός αυτή αυτά αυτές
        αυτοί αυτού τους τις μου σου μας σας ως επίσης πιο πολύ όταν""",
        "ro": """un o unei unui al a ai ale și si sau dar dacă de din în in la pe cu fără pentru prin între despre după
        până este sunt era erau fi fost a au are avea avut poate pot nu eu tu el ea noi voi ei ele își se îi le lui lor
        său sa săi sale acest această acești aceste acel acea ce cine care cui când unde cum cât câtă câți câte de ce
        mai foarte și că să ca ar""",
        "sv": """och eller men om i på av för med till från vid under över mellan utan efter före en ett den det de dem
        denna detta dessa är var varit vara blir blev har hade ha kan kunde ska skulle måste inte jag mig min vi oss vår
        du dig din ni er han honom hans hon henne hennes sin sitt sina som vad vem vilken vilket vilka när var varför
        hur många mycket också så att än""",
        "da": """og eller men hvis i på af for med til fra ved under over mellem uden efter før en et den det de dem denne
        dette disse er var været være bliver blev har havde have kan kunne skal skulle må ikke jeg mig min vi os vores du
        dig din i jer han ham hans hun hende hendes sin sit sine som der hvad hvem hvilken hvilket hvilke hvornår hvor
        hvorfor hvordan mange meget også så at end""",
        "no": """og eller men hvis i på av for med til fra ved under over mellom uten etter før en et ei den det de dem
        denne dette disse er var vært være blir ble har hadde ha kan kunne skal skulle må ikke jeg meg min vi oss vår du
        deg din dere han ham hans hun henne hennes sin sitt sine som hva hvem hvilken hvilket hvilke når hvor hvorfor
        hvordan mange mye også så at enn""",
        "fi": """ja tai mutta jos kun kuin niin on ovat oli olivat olla ole ei eivät en et se ne hän he minä sinä me te
        tämä nämä tuo nuo joka jotka jonka joiden jossa mikä mitkä mitä minkä missä mistä mihin milloin miksi miten
        kuinka kuka ketkä kenen monta paljon myös että sekä""",
        "hu": """a az és vagy de ha hogy nem is egy ez azt ezt ezek azok volt voltak van vannak lesz lett lenne ki kik kit
        mi mit mik melyik melyek mikor hol hova honnan miért hogyan hány mennyi aki ami amely amelyek mint meg el be fel
        le csak már még én te ő mi ti ők""",
        "pl": """i oraz lub albo ale a że żeby w we na z ze do od dla po przy przez nad pod o u za jest są był była było
        były być nie się to ten ta te tego tej tych tym co kto kogo komu który która które których kiedy gdzie dlaczego
        jak jaki jaka jakie ile czy już też tylko ja ty on ona ono my wy oni""",
        "cs": """a i nebo ale že aby v ve na z ze do od pro po při přes nad pod o u za je jsou byl byla bylo byli byly být
        ne se si to ten ta ty toho té těch tím co kdo koho komu který která které kterých kdy kde proč jak jaký jaká jaké
        kolik již už také jen já ty on ona ono my vy oni""",
        "hi": """का के की को से में पर और या है हैं था थे थी हो होता होती होते ने यह ये वह वे इस उस इन उन एक तक लिए साथ द्वारा कि जो
        जिस क्या कौन कब कहाँ कहां क्यों कैसे कितने कितना कितनी किस किसने किसे किसके नहीं भी ही कर करना करने किया गया गई गए""",
        "id": """dan atau tetapi jika di ke dari pada untuk dengan tanpa oleh dalam adalah ialah ini itu yang apa siapa
        kapan mana dimana mengapa bagaimana berapa tidak bukan sudah telah akan dapat bisa saya kami kita anda dia mereka
        nya juga para sebuah seorang""",
        "vi": """và hoặc nhưng nếu của ở tại trong ngoài trên dưới với cho từ đến bởi là thì mà có không được bị đã đang sẽ
        này đó kia những các một gì ai nào khi đâu sao bao nhiêu như thế cũng rất""",
        "ca": """el la els les un una uns unes i o però si no de del dels a al als en per amb sense sobre entre fins des és
        són era eren fou ser estat està ha han havia hi es em et li ens us meu seu seva aquest aquesta això que qui què
        quin quina quins quines quan on com quant quanta quants quantes perquè també més molt l d s""",
    }
)


@lru_cache(maxsize=64)
def stop_words(language: str | None) -> frozenset[str]:
    """Return the words of a language as `analysis.words` would give them; empty for a language without a list."""
    return frozenset(_LISTS.get(language or "", "").replace("-", " ").split())
