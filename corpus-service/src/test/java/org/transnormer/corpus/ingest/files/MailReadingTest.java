package org.transnormer.corpus.ingest.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.SourceFormat;

class MailReadingTest {
  private static final ReadingRules MAIL = ReadingRules.of(SourceFormat.MAIL);

  @Test
  void readsAPlainMailBehindAnMboxSeparator() throws Exception {
    Collected read =
        Collected.read(
            "00001.7c53",
            """
            From exmh@example.org  Thu Aug 22 12:36:23 2002
            Subject: =?iso-8859-1?Q?Gr=FC=DFe?= aus
             =?utf-8?B?S8O2bG4=?=
            Date: Thu, 22 Aug 2002 18:26:25 +0700 (ICT)
            From: somebody@example.org

            Hello,

            world
            """,
            MAIL);

    assertThat(read.texts).containsExactly("Hello,\n\nworld");
    assertThat(read.metadata)
        .containsExactly(
            Map.of("title", "Gr\u00fc\u00dfe aus K\u00f6ln", "date", "2002-08-22T11:26:25Z"));
  }

  @Test
  void takesThePlainAlternativeAndLeavesAttachmentsOut() throws Exception {
    String encoded = Base64.getEncoder().encodeToString("secret".getBytes(StandardCharsets.UTF_8));
    String mail =
        """
        Subject: x
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=outer

        --outer
        Content-Type: multipart/alternative; boundary="inner"

        --inner
        Content-Type: text/html

        <p>formatted</p>
        --inner
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        caf=C3=A9 =
        au lait
        --inner--
        --outer
        Content-Type: text/plain
        Content-Disposition: attachment; filename=a.txt
        Content-Transfer-Encoding: base64

        %s
        --outer
        Content-Type: text/plain

        footer
        --outer--
        """
            .formatted(encoded);

    assertThat(Collected.read("a.eml", mail.replace("\n", "\r\n"), MAIL).texts)
        .containsExactly("caf\u00e9 au lait\n\nfooter");
  }

  @Test
  void readsHtmlWhereThereIsNothingElse() throws Exception {
    String mail = "Subject: x\nContent-Type: text/html\n\n<html><body><h1>Buy</h1><p>now</p>";

    assertThat(Collected.read("a.eml", mail, MAIL).texts).containsExactly("Buy\n\nnow");
  }

  @Test
  void readsUndeclaredOrInventedEncodingsAsMailProgramsDo() throws Exception {
    byte[] latin =
        "Subject: x\nContent-Type: text/plain; charset=\"DEFAULT_CHARSET\"\n\n\u201ccaf\u00e9\u201d"
            .getBytes(Charset.forName("windows-1252"));
    byte[] utf8 = "Subject: x\n\ncaf\u00e9".getBytes(StandardCharsets.UTF_8);

    assertThat(Collected.read("a", latin, MAIL).texts).containsExactly("\u201ccaf\u00e9\u201d");
    assertThat(Collected.read("a", utf8, MAIL).texts).containsExactly("caf\u00e9");
  }

  @Test
  void refusesAMailThatBreaksTheEncodingItDeclares() throws Exception {
    byte[] mail =
        "Subject: x\nContent-Type: text/plain; charset=utf-8\n\ncaf\u00e9!"
            .getBytes(StandardCharsets.ISO_8859_1);

    assertThat(Collected.read("a", mail, MAIL).refusals).containsExactly(Reason.INVALID_ENCODING);
    assertThat(Collected.read("a", mail, MAIL.withInvalidText(InvalidText.REPLACE)).texts)
        .containsExactly("caf\uFFFD!");
  }

  @Test
  void refusesDeepNestingAndAFloodOfParts() throws Exception {
    StringBuilder deep = new StringBuilder("Subject: x\n");
    for (int i = 0; i < 200; i++) {
      deep.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\n\n--b");
      deep.append(i).append('\n');
    }
    String flood =
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n".repeat(1000);

    assertThat(Collected.read("a", deep.toString(), MAIL).refusals)
        .containsExactly(Reason.TOO_DEEP);
    assertThat(Collected.read("a", flood, MAIL).refusals).containsExactly(Reason.TOO_LARGE);
  }

  @Test
  void refusesWhatHasNoHeader() throws Exception {
    assertThat(Collected.read("a", "\nonly text\n", MAIL).refusals).containsExactly(Reason.CORRUPT);
  }

  @Test
  void autoKnowsAMailWithoutExtension() throws Exception {
    String mail = "Received: by x\nSubject: Hi\nFrom: a@b\nTo: c@d\n\nBody: text\n";

    Collected read = Collected.read("cur/1234:2,S", mail, ReadingRules.of(SourceFormat.AUTO));

    assertThat(read.texts).containsExactly("Body: text");
  }
}
