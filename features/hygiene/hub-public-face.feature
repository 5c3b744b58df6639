@hub
Feature: What a deployed hub shows to the outside

  @HUB-DEPLOY-01
  Scenario: The public host serves the pages at its root and the API below /api
    Given the hub stands behind its public edge
    When the public host is asked for "/"
    Then the reply is an HTML page
    When the public host is asked for "/api/health"
    Then the reply is 200
    And the reply is JSON, not a page
    When the public host is asked for "/api/no/such/path"
    Then the reply is 404
    And the reply is JSON, not a page

  @HUB-DEPLOY-02
  Scenario: The edge lets a trust's key through
    Given the hub stands behind its public edge
    When a poll is sent with a key never issued
    Then the reply is 401 with the detail "Invalid API Key."

  @HUB-DEPLOY-02
  Scenario: A right key reaches the hub through the edge
    Given the trust "Alpha" is registered
    And the hub stands behind its public edge
    When a heartbeat is sent with the trust's key
    Then the reply is 200

  @HUB-DEPLOY-02
  Scenario: The edge keeps the hub-internal key out
    Given the hub stands behind its public edge
    When a metric is sent with a key never issued
    Then the reply is 401 with the detail "Not authenticated: internal service key is missing."

  @HUB-DEPLOY-03
  Scenario: In production no API document is served
    Given the hub runs in production
    When the API documents are asked for
    Then no API document is served

  @HUB-DEPLOY-05
  Scenario: The certificate holds, and no API answers without it
    Given the hub speaks TLS
    Then its certificate is trusted, names it and has 14 days or more to run
    And no API answers over plain HTTP

  @HUB-DEPLOY-06 @needs:control
  Scenario: The hub's health fails while its database is away
    Given the hub's health is asked for
    And the reply is 200
    And the hub's database is away
    When the hub's health is asked for
    Then the reply is a 5xx
    Given the hub's database is back
    When the hub's health is asked for
    Then the reply is 200
