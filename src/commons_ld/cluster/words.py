"""What is said to a person where machines, or a place that they share, cannot be used, in French and in English."""

from __future__ import annotations

from typing import Final

from commons_ld.errors import ClusterError
from commons_ld.sentences import Sentence, filled

__all__ = ["WORDS", "cannot"]


#: One row a sentence: what is wrong, and what to do.
WORDS: Final[dict[str, Sentence]] = {
    # Places.
    "missing": Sentence(
        "il manque ce qui partage le travail entre machines ({value}) ; pip install 'commons-ld[dask]'",
        "what shares work among machines is not installed ({value}); pip install 'commons-ld[dask]'",
    ),
    "no-driver": Sentence(
        "il manque ce qui accède à de telles adresses ({value}) ; l'installer ici et sur chaque machine",
        "what gets at such addresses is not installed ({value}); install it here and on every machine",
    ),
    "no-address": Sentence(
        "ce n'est pas une adresse que l'on sache atteindre ({value}) ; donner un dossier, ou s3://, gs://, abfs://…",
        "is no address that can be reached ({value}); give a folder, or s3://, gs://, abfs://…",
    ),
    "not-there": Sentence(
        "n'est pas là ; vérifier l'adresse, et que chaque machine y accède",
        "is not there; check the address, and that every machine gets at it",
    ),
    "not-allowed": Sentence(
        "l'accès est refusé ; donner ici et à chaque machine le droit de lire et d'écrire",
        "access is refused; give this process and every machine the right to read and write",
    ),
    "refused": Sentence(
        "le lieu refuse ({value}) ; vérifier l'adresse, la place qui reste et les droits, puis recommencer",
        "the place refuses ({value}); check the address, the room there and the rights, then run again",
    ),
    "not-ours": Sentence(
        "il y a là autre chose qu'une publication en fragments ; donner un autre lieu avec --out",
        "something else than a publication in shards is there; name another place with --out",
    ),
    "taken-over": Sentence(
        "une autre exportation y a commencé entre-temps, et c'est elle qui publiera ; attendre qu'elle finisse, et "
        "n'en lancer qu'une à la fois",
        "another export began there meanwhile, and will publish; wait for it to end, and start one at a time",
    ),
    "tampered": Sentence(
        "ce n'est pas ce qui y a été écrit ; vérifier qui écrit à cet endroit, puis recommencer",
        "is not what was written there; see who writes to that place, then run again",
    ),
    # Sources.
    "not-here": Sentence(
        "une machine ne trouve pas ce fichier ; donner les sources par une adresse que toutes atteignent (s3://…), "
        "ou partager le dossier sous le même chemin",
        "a machine does not find this file; give the sources by an address that all reach (s3://…), "
        "or share the folder under the same path",
    ),
    "changed": Sentence(
        "le fichier n'a pas la même taille sur toutes les machines ; le partager, ne pas y écrire pendant l'export, "
        "puis recommencer",
        "the file is not of the same size on all machines; share it, do not write to it meanwhile, then run again",
    ),
    # Machines.
    "other-code": Sentence(
        "cette machine ne ferait pas les mêmes octets ({value}) ; y installer le même commons-ld et les mêmes "
        "bibliothèques qu'ici, par exemple avec requirements/run.txt",
        "this machine would not make the same bytes ({value}); install there the commons-ld and the libraries that "
        "are installed here, with requirements/run.txt for one",
    ),
    "no-code": Sentence(
        "cette machine n'a pas commons-ld {version} ({value}) ; l'y installer : pip install 'commons-ld[dask]'",
        "this machine does not have commons-ld {version} ({value}); install it there: pip install 'commons-ld[dask]'",
    ),
    "no-scheduler": Sentence(
        "aucun ordonnanceur de Dask n'y répond ({value}) ; vérifier l'adresse, ou en démarrer un : dask scheduler",
        "no scheduler of Dask answers there ({value}); check the address, or start one: dask scheduler",
    ),
    "no-workers": Sentence(
        "l'ordonnanceur n'a pas de machine au travail ; en démarrer : dask worker {value} --nthreads 1",
        "the scheduler has no workers; start some: dask worker {value} --nthreads 1",
    ),
    "workers-lost": Sentence(
        "des machines s'arrêtent toujours à la même tâche, sans doute faute de mémoire ; en donner plus à chacune, "
        "puis recommencer ({value})",
        "workers keep ending at the same task, most likely for want of memory; give each more, then run again "
        "({value})",
    ),
    "worker-failed": Sentence(
        "le système d'une machine au travail refuse ({value}) ; vérifier son disque et ses droits, puis recommencer : "
        "ce qui est publié n'a pas changé",
        "the system of a worker refuses ({value}); check its disk and its rights, then run again: what is published "
        "stands",
    ),
    "no-workers-left": Sentence(
        "l'ordonnanceur n'a plus de machine au travail depuis {seconds} secondes ; en démarrer, puis recommencer : ce "
        "qui est publié n'a pas changé",
        "the scheduler has had no workers for {seconds} seconds; start some, then run again: what is published stands",
    ),
    "scheduler-lost": Sentence(
        "l'ordonnanceur ne répond plus ({value}) ; le redémarrer, puis recommencer : ce qui est publié n'a pas changé",
        "the scheduler does not answer any more ({value}); start it again, then run again: what is published stands",
    ),
}


def cannot(where: str, code: str, **values: object) -> ClusterError:
    """Return the error that says a sentence of the table about an address.

    :raises KeyError: if there is no such sentence: a fault of ours

    >>> print(cannot("s3://archive", "not-there"))
    s3://archive: is not there; check the address, and that every machine gets at it
    """
    return ClusterError(where, filled(WORDS, code, **values))
