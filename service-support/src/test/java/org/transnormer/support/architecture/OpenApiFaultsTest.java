package org.transnormer.support.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenApiFaultsTest {
  private static final String GOOD =
      """
      {'openapi':'3.1.0','info':{'title':'Things','version':'v1','description':'Of things.'},
       'tags':[{'name':'things','description':'They.'}],
       'paths':{'/api/v1/things/{id}':{'post':{'operationId':'make','summary':'Make it',
         'tags':['things'],'security':[{'api-key':['viewer']}],
         'parameters':[{'name':'id','in':'path','required':true,'schema':{'type':'string'}},
                       {'name':'If-Match','in':'header','schema':{'type':'string'}}],
         'responses':{'201':{'description':'made','content':{'text/plain':{}},'headers':{'Location':{'schema':{}}}},
           '400':{'$ref':'#/components/responses/bad'},'401':{'$ref':'#/components/responses/bad'},
           '404':{'$ref':'#/components/responses/bad'},'412':{'$ref':'#/components/responses/bad'},
           'default':{'$ref':'#/components/responses/bad'}}}}},
       'components':{'securitySchemes':{'api-key':{'type':'http','scheme':'bearer'}},
         'responses':{'bad':{'description':'bad','content':
           {'application/problem+json':{'schema':{'$ref':'#/components/schemas/Problem'}}}}},
         'schemas':{'Problem':{'type':'object'}}}}
      """;

  @Test
  void findsNothingInADocumentThatSaysAll() {
    assertThat(faults(GOOD)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'summary':'Make it',                |                              | no summary",
        "'operationId':'make',               |                              | no operationId",
        "'security':[{'api-key':['viewer']}],|                              | who may call it",
        "{'api-key':['viewer']}              | {'cookie':[]}                | security scheme",
        "'tags':['things']                   | 'tags':['others']            | not declared",
        ",'description':'They.'              |                              | tag without",
        ",'description':'Of things.'         |                              | no description",
        "'404':{                             | '405':{                      | not list 404",
        "'401':{                             | '405':{                      | not list 401",
        "'412':{                             | '405':{                      | not list 412",
        "'headers':{'Location'               | 'headers':{'ETag'            | without Location",
        "'content':{'text/plain':{}},        |                              | without a body",
        "application/problem+json            | application/json             | is no problem",
        "'#/components/schemas/Problem'      | '#/components/schemas/Error' | refers to nothing",
        "{'name':'id','in':'path'            | {'name':'it','in':'path'     | path parameter",
        "'post':{'operationId'               | 'post':{'wrong':1,'operationId' | unexpected",
      })
  void findsWhatIsMissing(String said, String instead, String fault) {
    String worse = GOOD.replace(said.strip(), instead == null ? "" : instead.strip());

    assertThat(worse).isNotEqualTo(GOOD);
    assertThat(faults(worse)).anySatisfy(each -> assertThat(each).contains(fault));
  }

  private static List<String> faults(String document) {
    JsonNode json = JsonMapper.shared().readTree(document.replace('\'', '"'));
    return OpenApiFaults.of(json);
  }
}
