package org.transnormer.corpus.sources;

import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.corpora.Corpus;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** Adds a source to a corpus, if it lies where reading is allowed. */
public final class AddSource {
  private final Corpora corpora;
  private final Sources sources;
  private final SourceRoots roots;
  private final Transactions transactions;
  private final Audit audit;

  AddSource(
      Corpora corpora, Sources sources, SourceRoots roots, Transactions transactions, Audit audit) {
    this.corpora = corpora;
    this.sources = sources;
    this.roots = roots;
    this.transactions = transactions;
    this.audit = audit;
  }

  public void add(Source source, Caller caller) {
    try {
      roots.resolve(source.uri());
    } catch (RefusedSource e) {
      throw new SourceRefusedProblem("/uri", e.detail());
    }
    transactions.inTransaction(() -> insert(source, caller));
  }

  private void insert(Source source, Caller caller) {
    if (!corpora.lock(source.corpusId())) {
      throw new NotFoundProblem("corpus", source.corpusId());
    }
    Corpus corpus = corpora.find(source.corpusId()).orElseThrow();
    if (!corpus.allows(source.licence())) {
      throw new SourceRefusedProblem(
          "/licence", "the corpus takes only " + String.join(", ", corpus.licences()));
    }
    if (!sources.add(source)) {
      throw new ConflictProblem("the corpus has a source named " + source.name() + " already");
    }
    audit.record(
        caller,
        "source.add",
        "/api/v1/corpora/" + source.corpusId() + "/sources/" + source.id(),
        source.name() + " at " + source.uri());
  }
}
