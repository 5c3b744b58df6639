@trust
Feature: The trust reads whatever HTTP lets an edge do

  Between hospital and hub stand balancers, gateways and caches. They compress what was asked for
  compressed, send bodies of untold length, add headers, and close connections when they please.

  @TRUST-ROBUST-10
  Scenario Outline: A hub behind an edge that <edge> is understood
    Given the trust is running
    And an edge before the hub <edge>
    Then a "update_user_profile" task is run and reported through it
    And three whole cycles are accepted through it
    And the trust is still running

    Examples:
      | edge                                                    |
      | compresses replies with gzip                            |
      | compresses replies with deflate                         |
      | compresses replies and sends them in chunks             |
      | sends replies in chunks                                 |
      | answers as HTTP/1.0 does                                |
      | sends an interim answer first                           |
      | writes forty headers of its own in capitals             |
      | closes each connection after one reply                  |
      | closes connections that are unused for half an interval |

  @TRUST-ROBUST-10
  Scenario: An edge that limits bodies costs the reports that are too long, and nothing else
    Given the trust is running
    And an edge before the hub takes bodies of up to 2,000 bytes
    When a task is queued whose report is longer than that
    Then a report longer than the edge takes was refused with 413
    And a "update_user_profile" task is run and reported through it
    And the trust is still running
