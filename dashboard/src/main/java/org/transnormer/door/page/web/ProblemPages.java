package org.transnormer.door.page.web;

import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.problems.NotFoundProblem;

/**
 * The pages of docs/problems at the addresses that a problem's {@code type} names. As plain text,
 * which a terminal and every browser show as it is.
 */
@Hidden // a page, not a part of the REST interface
@RestController
class ProblemPages {

  @GetMapping(path = "/problems/{slug:[a-z-]+}", produces = "text/plain;charset=UTF-8")
  ResponseEntity<Resource> page(@PathVariable String slug) {
    Resource page = new ClassPathResource("problems/" + slug + ".md");
    if (!page.exists()) {
      throw new NotFoundProblem("type of problem", slug);
    }
    return ResponseEntity.ok(page);
  }
}
