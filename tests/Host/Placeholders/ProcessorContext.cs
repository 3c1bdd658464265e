// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

public struct ProcessorContext
{
}
