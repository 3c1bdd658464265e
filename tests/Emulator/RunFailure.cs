// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.EmulatorTests;

/// <summary>Something did not happen as the table says.</summary>
internal sealed class RunFailure(string message) : Exception(message);
