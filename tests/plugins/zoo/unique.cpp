// SPDX-License-Identifier: Apache-2.0
// A variable that GCC makes one of in the whole process, whichever library it stands in.
template <class T>
struct Shared {
  static int count;
};
template <class T>
int Shared<T>::count = 0;

int counted();
int counted() { return ++Shared<int>::count; }
