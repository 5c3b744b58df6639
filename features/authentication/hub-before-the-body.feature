@hub
Feature: A hub asks who is calling before it looks at what was sent

  Background:
    Given the trust "Alpha" is registered

  @HUB-AUTH-05
  Scenario Outline: A <call> with <proof> and <body> is refused for its key
    When a <call> is sent with <proof> and <body>
    Then the reply is 401
    And the right key opens the same call

    Examples:
      | call          | proof              | body            |
      | heartbeat     | a key never issued | an empty object |
      | heartbeat     | a key never issued | wrong members   |
      | report        | no key             | an empty object |
      | report        | a key never issued | wrong members   |
      | cohort result | no key             | an empty object |
      | cohort result | a key never issued | wrong members   |
      | metric        | no key             | an empty object |
      | metric        | a key never issued | wrong members   |
      | log           | a key never issued | an empty object |

  @HUB-AUTH-05
  Scenario Outline: A <call> with <proof> and a body that is no JSON is refused for its key
    When a <call> is sent with <proof> and malformed JSON
    Then the reply is 401
    And the right key opens the same call

    Examples:
      | call          | proof              |
      | report        | a key never issued |
      | cohort result | no key             |
      | metric        | no key             |
