@trust @hub
Feature: What a training leaves behind at hubs of other releases

  The FL server swallows refusals: a run can end well and leave nothing. Only counting rows against
  what was produced shows it.

  @FL-METRIC-02 @FL-COMPAT-01 @FL-METRIC-01
  Scenario: The newest line keeps every metric
    Given the trust is running
    When an FL server of line "fl-0.13.1" trains 2 rounds with this trust
    Then every metric of the run is stored once

  @FL-LOG-02 @FL-COMPAT-01
  Scenario: The newest line keeps its progress feed at a hub that knows typed events
    Given the trust is running
    When an FL server of line "fl-0.13.1" trains 2 rounds with this trust
    Then everything the run produced is stored once

  @FL-LOG-01 @FL-COMPAT-01
  Scenario: A hub without typed events loses the progress feed, and flipcheck says so
    Given the trust is running
    When an FL server of line "fl-0.13.1" trains 2 rounds with this trust
    Then the run ends as RESULTS_UPLOADED all the same
    And every metric of the run is stored once
    And flipcheck names the silent loss of events

  @FL-METRIC-01 @FL-COMPAT-01
  Scenario: An old line is refused for want of a client name, and flipcheck names the silent loss
    Given the trust is running
    When an FL server of line "fl-0.1.8" trains 2 rounds with this trust
    Then the hub refuses metrics with 422 for want of "fl_client_name"
    And nothing of the run is stored
    And the run ends as RESULTS_UPLOADED all the same
    And flipcheck names the silent loss of metrics

  @FL-LOG-01 @FL-COMPAT-01
  Scenario: The failure of an old line's client is refused and lost
    Given the trust is running
    When an FL server of line "fl-0.1.8" trains with this trust, whose client fails
    Then the hub refuses logs with 422 for want of "fl_client_name"
    And flipcheck names a failure that is stored as something else

  @FL-COMPAT-01 @FL-LOG-02
  Scenario: The failure of an old line's client does not pass for a success unnoticed
    Given the trust is running
    When an FL server of line "fl-0.1.8" trains with this trust, whose client fails
    Then flipcheck names a failure that is stored as something else

  @FL-LOG-02 @FL-LOSS-03
  Scenario: The failure of the newest line's client is stored as this client's failure
    Given the trust is running
    When an FL server of line "fl-0.13.1" trains with this trust, whose client fails
    Then everything the run produced is stored once

  @FL-LOSS-02
  Scenario Outline: An ingest that answers <code> leaves a run that ends well, and flipcheck names the loss
    Given the trust is running
    When the hub answers "metrics" with <code>
    And an FL server of line "fl-0.13.1" trains 2 rounds with this trust
    Then the run ends as RESULTS_UPLOADED all the same
    And flipcheck names the silent loss of metrics

    Examples:
      | code |
      | 401  |
      | 422  |
      | 500  |

  @FL-LOSS-04
  Scenario Outline: A redirect with <code> takes the bodies of a run, and flipcheck names the loss
    Given the trust is running
    When the hub redirects "metrics" to another origin with <code>
    And an FL server of line "fl-0.13.1" trains 2 rounds with this trust
    Then the run ends as RESULTS_UPLOADED all the same
    And flipcheck names the silent loss of metrics

    Examples:
      | code |
      | 301  |
      | 302  |
      | 303  |

  @FL-CONF-01
  Scenario Outline: An FL server without <setting> posts to nowhere, and flipcheck names the loss
    Given the trust is running
    When an FL server without <setting> trains 2 rounds with this trust
    Then the run ends as RESULTS_UPLOADED all the same
    And flipcheck names the silent loss of metrics

    Examples:
      | setting           |
      | its key           |
      | the hub's address |
