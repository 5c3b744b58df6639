@hub
Feature: Each way to prove oneself opens its own routes only

  Background:
    Given the trust "Alpha" is registered

  @HUB-AUTH-06
  Scenario Outline: A <call> with <proof> is refused
    When a <call> is sent with <proof>
    Then the reply is 401 with the detail "<detail>"
    And the right key opens the same call

    Examples: the hub-internal key and a user's token on trust routes
      | call          | proof                | detail           |
      | heartbeat     | the hub-internal key | Invalid API Key. |
      | poll          | the hub-internal key | Invalid API Key. |
      | report        | the hub-internal key | Invalid API Key. |
      | cohort result | the hub-internal key | Invalid API Key. |
      | heartbeat     | an admin's token     | Invalid API Key. |
      | poll          | an admin's token     | Invalid API Key. |

    Examples: a trust's key and a user's token where the FL server posts
      | call        | proof            | detail                        |
      | metric      | the trust's key  | Invalid internal service key. |
      | log         | the trust's key  | Invalid internal service key. |
      | status word | the trust's key  | Invalid internal service key. |
      | metric      | an admin's token | Invalid internal service key. |
      | status word | an admin's token | Invalid internal service key. |

    Examples: a trust's key and the hub-internal key where users come in
      | call       | proof                              | detail                         |
      | trust list | the trust's key                    | Not authenticated              |
      | trust list | the trust's key behind Bearer      | Could not validate credentials |
      | trust list | the hub-internal key               | Not authenticated              |
      | trust list | the hub-internal key behind Bearer | Could not validate credentials |
      | model approval | the trust's key                | Not authenticated              |

  @HUB-AUTH-06
  Scenario Outline: A <call> of the FL server with <proof> is refused
    When a <call> is sent with <proof>
    Then the reply is 401 with the detail "<detail>"
    And the right key opens the same call

    Examples:
      | call        | proof              | detail                                              |
      | metric      | no key             | Not authenticated: internal service key is missing. |
      | metric      | an empty key       | Not authenticated: internal service key is missing. |
      | log         | no key             | Not authenticated: internal service key is missing. |
      | log         | a key never issued | Invalid internal service key.                       |
      | status word | no key             | Not authenticated: internal service key is missing. |
      | status word | a key never issued | Invalid internal service key.                       |
