// SPDX-License-Identifier: MIT
namespace System.Collections;

public interface IEnumerable
{
    IEnumerator GetEnumerator();
}
